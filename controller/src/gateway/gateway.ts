// Makes the XML-RPC calls of users to instances: decides, writes into the audit, sends what may be sent, and puts the answer together.
import { randomUUID } from "node:crypto";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { decodeCall, encodeCall, type XmlRpcResponse } from "@fleetvisor/proto/xmlrpc/codec";
import type { Logger } from "pino";
import type { Reach } from "../api/reach.js";
import type { Instance } from "../core/fleet.js";
import { type Operation, orderIdOf } from "../core/operation.js";
import type { Agents } from "../instances/agents.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { AuditRecord } from "../store/records.js";
import type { Store } from "../store/store.js";
import { encodeAnswer, failure, filters, requestOf, resultsOf, visibleResult } from "./answer.js";
import { CallLimits } from "./call-limits.js";
import type { Sight } from "./decide.js";
import { changes } from "./methods.js";
import { type Plan, type PlannedCall, planCall, type Refused, type Step } from "./plan.js";
import { answered, unanswered } from "./record.js";
import type { Records } from "./records.js";

/** A look is answered at once; what waits for programs takes as long as they do. */
const LOOK_MS = 30_000;
const WAIT_MS = 3_600_000;
const SUBJECT_CHARS = 512;

export interface GatewayOptions {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly agents: Agents;
  readonly records: Records;
  readonly log: Logger;
}

/** A call as it came. */
export interface GatewayCall {
  readonly reach: Reach;
  readonly instance: string;
  readonly xml: string;
  readonly address: string;
  /** The caller has left. What was asked to be changed goes on, so that what became of it is known. */
  readonly signal: AbortSignal;
}

/** What a step came to; without results it is not known, and what follows is not done. */
interface StepAnswer {
  readonly results: readonly XmlRpcResponse[];
  /** The agent's own words, where they may go to the caller as they are. */
  readonly xml: string | null;
  readonly isLost: boolean;
}

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #limits = new CallLimits();
  /** Of the calls that are under way at agents. */
  readonly #waits = new Set<AbortController>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  /** Lets go of every call under way: their callers hear it. */
  stop(): void {
    for (const wait of this.#waits) wait.abort();
  }

  /** The methodResponse, a fault where the call cannot be made. Rejects with XmlRpcSyntaxError for what is no call. */
  async call(call: GatewayCall): Promise<string> {
    const asked = decodeCall(call.xml);
    const { reach, instance: name } = call;
    let done = () => {};
    try {
      done = this.#limits.begin(reach.actor.user);
      const instance = reach.instance(name);
      const sight = sightOf(reach, instance);
      const plan = planCall(asked, sight);
      await this.#auditRefused(call, plan.refused);
      return await this.#perform(call, plan, sight);
    } catch (error) {
      return encodeAnswer([failure(this.#words(error))], false);
    } finally {
      done();
    }
  }

  async #perform(call: GatewayCall, plan: Plan, sight: Sight): Promise<string> {
    const { isMulticall, steps, refused } = plan;
    const results: XmlRpcResponse[] = Array.from({ length: plan.count }, () => failure("not done"));
    for (const { place, decision } of refused) {
      const { text } = decision;
      results[place] = { ok: false, code: FAULTS[decision.type === "fault" ? decision.fault : "FAILED"], text };
    }
    for (const step of steps) {
      const answer = await this.#send(call, step, plan, sight);
      if (answer.xml !== null) return answer.xml;
      step.calls.forEach((planned, index) => {
        results[planned.place] = visibleResult(planned, answer.results[index] ?? failure("not done"), sight);
      });
      if (answer.isLost) break;
    }
    return encodeAnswer(results, isMulticall);
  }

  async #send(call: GatewayCall, step: Step, plan: Plan, sight: Sight): Promise<StepAnswer> {
    const [first] = step.calls;
    const { rule } = first.decision;
    const isChange = changes(rule);
    const { instance } = sight;
    let record: Operation | null = null;
    const wait = new AbortController();
    const leave = () => wait.abort();
    if (!isChange) call.signal.addEventListener("abort", leave);
    this.#waits.add(wait);
    try {
      const known = this.#reachable(instance);
      if (isChange) await this.#audit(call, first, "done");
      record = await this.#record(call, first, sight);
      const { method, params } = requestOf(step, plan.isMulticall);
      const xml = await this.#options.agents.instance(known.id).call({
        xml: encodeCall(method, params),
        orderId: record === null ? null : orderIdOf(record.id, known.id),
        scope: step.scope,
        timeoutMs: rule.waits ? WAIT_MS : LOOK_MS,
        signal: wait.signal,
      });
      const asItIs =
        plan.steps.length === 1 && plan.refused.length === 0 && !step.calls.some((one) => filters(one, sight));
      const results = asItIs && record === null ? [] : readResults(step, plan.isMulticall, xml);
      if (record !== null) await this.#end(answered(record, results[0] ?? failure("no answer"), Date.now()));
      return { results, xml: asItIs ? xml : null, isLost: false };
    } catch (thrown) {
      const error = FleetError.from(thrown);
      const isUnknown = error.kind === "unknown-outcome";
      const words = `${instance}: ${this.#words(error)}${isUnknown && isChange ? "; whether it was done is not known" : ""}`;
      if (record !== null) await this.#end(unanswered(record, words, isUnknown, Date.now()));
      return { results: step.calls.map(() => failure(words)), xml: null, isLost: true };
    } finally {
      call.signal.removeEventListener("abort", leave);
      this.#waits.delete(wait);
    }
  }

  /** Throws `unavailable` for an instance that has not been heard of for long: nobody should wait for its answer. */
  #reachable(name: string): Instance {
    const { fleet } = this.#options;
    const instance = fleet.fleet.instances.get(name);
    if (instance === undefined) throw new FleetError("unavailable", "it is not in the fleet any more");
    if (fleet.livenessOf(name) === "lost") {
      throw new FleetError("unavailable", fleet.contact(name)?.contact.reason ?? "the agent is not connected");
    }
    // What is decided by what it runs cannot be decided yet.
    if (instance.awaitingSnapshot) throw new FleetError("unavailable", "it is just connecting: try again");
    return instance;
  }

  async #record({ reach }: GatewayCall, { decision, params }: PlannedCall, sight: Sight): Promise<Operation | null> {
    const { rule, targets } = decision;
    const { operation: verb } = rule;
    const isWhole = rule.on === "instance";
    if (verb === undefined || (targets.length === 0 && !isWhole)) return null;
    return this.#options.records.begin({
      id: randomUUID(),
      verb,
      signal: verb === "signal" ? String(params[1] ?? params[0] ?? "") : null,
      groups: verb === "add" || verb === "remove" ? [String(params[0])] : [],
      user: reach.actor.user,
      instance: sight.instance,
      targets: isWhole ? null : targets,
      atMs: Date.now(),
      timeoutMs: rule.waits ? WAIT_MS : LOOK_MS,
    });
  }

  /** Kept before it is told, so that who looks then finds it. */
  async #end(record: Operation): Promise<void> {
    try {
      await this.#options.records.end(record);
    } catch (error) {
      const { message } = FleetError.from(error);
      this.#options.log.error({ operation: record.id, error: message }, "what became of an XML-RPC call is not kept");
    }
  }

  async #auditRefused(call: GatewayCall, refused: readonly Refused[]): Promise<void> {
    await Promise.all(
      refused.flatMap(({ method, decision }) =>
        decision.type === "refuse" ? [this.#addAudit(call, method, decision.subject, "refused")] : [],
      ),
    );
  }

  #audit(call: GatewayCall, { method, decision }: PlannedCall, outcome: AuditRecord["outcome"]): Promise<void> {
    return this.#addAudit(call, method, decision.subject, outcome);
  }

  #addAudit(
    { reach, address }: GatewayCall,
    method: string,
    subject: string,
    outcome: AuditRecord["outcome"],
  ): Promise<void> {
    return this.#options.store.addAudit({
      atMs: Date.now(),
      actor: reach.actor.user,
      action: `xmlrpc.${method.replace(/^supervisor\./, "")}`,
      subject: subject.slice(0, SUBJECT_CHARS),
      outcome,
      address,
    });
  }

  /** A failure in words for the caller; a defect's own words stay in the log. */
  #words(thrown: unknown): string {
    const error = FleetError.from(thrown);
    if (error.kind !== "internal") return error.message;
    this.#options.log.error({ error: error.cause ?? error }, "an XML-RPC call failed");
    return "the controller failed; its log says why";
  }
}

/** Throws `unknown-outcome` for what is no answer. */
function readResults(step: Step, isMulticall: boolean, xml: string): XmlRpcResponse[] {
  try {
    return resultsOf(step, isMulticall, xml);
  } catch (error) {
    throw new FleetError("unknown-outcome", "the agent's answer cannot be read", { cause: error });
  }
}

/** What somebody may see and do of an instance, of which they see at least a part. */
function sightOf(reach: Reach, part: Instance): Sight {
  const { name: instance, processes } = part;
  return {
    user: reach.actor.user,
    instance,
    mayAll: (verb) => reach.may(verb, { instance, group: null, name: null }),
    may: (verb, { group, name }) => reach.may(verb, { instance, group, name }),
    processes: () => [...processes.values()],
  };
}
