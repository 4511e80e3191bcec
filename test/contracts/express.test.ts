import { createRequire } from "node:module";
import express from "express";
import { runContract } from "./contract.ts";
import { expressSubject } from "./subjects/express.ts";

/** There are types for Express 5 only. */
const express4: typeof express = createRequire(import.meta.url)("express4");

runContract(expressSubject("Express 5", express, "/files/*path"));
runContract(expressSubject("Express 4", express4, "/files/*"));
