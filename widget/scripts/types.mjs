// Writes TypeScript types for the JSON schema on standard input, as `python -m settlement.contract` prints it.
import { readFileSync } from "node:fs";
import { compile } from "json-schema-to-typescript";

const { inbound, outbound } = JSON.parse(readFileSync(0, "utf8"));

/** Titles of single properties would become a type each. */
function withoutPropertyTitles(schema) {
  for (const definition of [schema, ...Object.values(schema.$defs ?? {})]) {
    for (const property of Object.values(definition.properties ?? {})) dropTitles(property);
  }
  return schema;
}
function dropTitles(schema) {
  if (typeof schema !== "object" || schema === null) return;
  delete schema.title;
  for (const part of Object.values(schema)) dropTitles(part);
}

/** What the server writes out in full is never absent, whatever its default. */
function asDelivered(schema) {
  for (const definition of [schema, ...Object.values(schema.$defs ?? {})]) {
    if (definition.properties) definition.required = Object.keys(definition.properties);
  }
  return schema;
}

const together = {
  title: "Contract",
  type: "object",
  additionalProperties: false,
  properties: { inbound: { ...inbound, title: "Inbound" }, outbound: { $ref: "#/$defs/Outbound" } },
  required: ["inbound", "outbound"],
  $defs: {
    ...withoutPropertyTitles(inbound).$defs,
    ...withoutPropertyTitles(asDelivered(structuredClone(outbound))).$defs,
    Outbound: (({ $defs, ...rest }) => rest)(withoutPropertyTitles(asDelivered(structuredClone(outbound)))),
  },
};
delete together.properties.inbound.$defs;

process.stdout.write(
  await compile(together, "Contract", {
    bannerComment: "// Made from settlement/contract.py by `./run types`; do not edit.",
    additionalProperties: false,
    style: { printWidth: 110 },
  }),
);
