import { createServer } from "node:http";
import { usePrometheus as prometheus } from "@graphql-yoga/plugin-prometheus";
import { createSchema, createYoga } from "graphql-yoga";
import { ask, listening } from "./ask.mjs";

const yoga = createYoga({
  logging: false,
  schema: createSchema({
    typeDefs: "type Query { user(id: ID!): String broken: String }",
    resolvers: {
      Query: {
        user: (_, { id }) => id,
        broken: () => {
          throw new Error("broken");
        },
      },
    },
  }),
  plugins: [
    prometheus({
      endpoint: "/metrics",
      metrics: {
        graphql_envelop_request_duration: true,
        graphql_envelop_request_time_summary: true,
        graphql_envelop_phase_parse: true,
        graphql_envelop_phase_validate: true,
        graphql_envelop_phase_execute: true,
        graphql_envelop_execute_resolver: true,
        graphql_envelop_error_result: true,
        graphql_envelop_request: true,
        graphql_envelop_deprecated_field: true,
        graphql_envelop_schema_change: true,
        graphql_yoga_http_duration: true,
      },
    }),
  ],
});
const query = (text) => `GET /graphql?query=${encodeURIComponent(text)}`;
await ask(await listening(createServer(yoga)), [
  query('query User { user(id: "a") }'),
  query('query User { user(id: "b") }'),
  query("query Broken { broken }"),
  query("{ nothing }"),
]);
