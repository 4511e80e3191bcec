/** A way to compile a project, and what Node.js takes the outcome for. */
export interface Form {
  readonly type: "commonjs" | "module";
  readonly compilerOptions: object;
}

const COMMON = {
  target: "es2022",
  lib: ["es2022"],
  types: ["node"],
  strict: true,
  exactOptionalPropertyTypes: true,
  outDir: "dist",
  rootDir: ".",
};

export const FORMS: Readonly<Record<string, Form>> = {
  commonjs: { type: "commonjs", compilerOptions: { ...COMMON, module: "commonjs" } },
  node16: { type: "commonjs", compilerOptions: { ...COMMON, module: "node16" } },
  nodenext: { type: "commonjs", compilerOptions: { ...COMMON, module: "nodenext" } },
  node20: { type: "commonjs", compilerOptions: { ...COMMON, module: "node20" } },
  bundler: {
    type: "module",
    compilerOptions: { ...COMMON, module: "esnext", moduleResolution: "bundler" },
  },
  esm: { type: "module", compilerOptions: { ...COMMON, module: "nodenext" } },
};
