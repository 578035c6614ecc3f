import { objects } from "./walk.js";

const METHODS = new Set(["delete", "get", "head", "options", "patch", "post", "put", "trace"]);
const COMPONENTS = ["parameters", "requestBodies", "responses", "schemas"];

/**
 * The claims without `x-evidence` of their own.
 *
 * Claims are operations, servers, parameters, bodies, responses, the named schemas, fields of which something is
 * tolerated, and the extensions that hold facts. Every other field rests on what its schema rests on.
 */
export default function evidence(document, { extensions }) {
    const faults = [];
    for (const [claim, path] of claims(document, new Set(extensions))) {
        if (!("$ref" in claim) && !("x-evidence" in claim)) {
            faults.push({ message: "Nothing says where this comes from: write `x-evidence`.", path });
        }
    }
    return faults;
}

function* claims(document, extensions) {
    yield* entries(document, ["servers"]);
    for (const section of COMPONENTS) {
        yield* entries(document, ["components", section]);
    }
    for (const [item, place] of entries(document, ["paths"])) {
        yield* below(item, place, ["parameters", "servers"]);
        for (const [method, operation] of Object.entries(item).filter(([key]) => METHODS.has(key))) {
            const path = [...place, method];
            yield [operation, path];
            yield* below(operation, path, ["parameters", "responses", "servers"]);
            if (operation.requestBody) {
                yield [operation.requestBody, [...path, "requestBody"]];
            }
        }
    }
    for (const [node, path] of objects(document)) {
        if (extensions.has(path.at(-1)) || (path.at(-2) === "properties" && isTolerated(node))) {
            yield [node, path];
        }
    }
}

function isTolerated(field) {
    return [field, ...(field.anyOf ?? []), ...(field.oneOf ?? [])].some((each) => each.deprecated === true);
}

function* below(node, path, keys) {
    for (const key of keys) {
        for (const [found, where] of entries(node, [key])) {
            yield [found, [...path, ...where]];
        }
    }
}

function* entries(document, path) {
    const found = path.reduce((node, key) => node?.[key], document) ?? {};
    for (const [key, value] of Object.entries(found)) {
        yield [value, [...path, key]];
    }
}
