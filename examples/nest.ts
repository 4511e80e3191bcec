// A Nest application; its tsconfig.json has "experimentalDecorators": true. Run: npx tsx nest.ts
import { Controller, Get, Module, Param } from "@nestjs/common";
import { NestFactory } from "@nestjs/core";
import { metrics } from "narthex";
import { HttpMetricsModule } from "narthex/nest";

const profiles = metrics.counter({ name: "profiles_viewed", help: "Profiles that were viewed." });

@Controller("users")
class UsersController {
  @Get(":id")
  find(@Param("id") id: string) {
    profiles.inc();
    return `user ${id}\n`;
  }
}

@Module({
  imports: [HttpMetricsModule.forRoot()], // measures every request, answers GET /metrics
  controllers: [UsersController],
})
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ["warn", "error"] });
await app.listen(3000, "127.0.0.1");
console.log("http://127.0.0.1:3000/metrics");
