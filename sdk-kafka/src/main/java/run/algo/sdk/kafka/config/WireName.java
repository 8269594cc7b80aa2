package run.algo.sdk.kafka.config;

/** A constant that users write, and the protocol carries, under a name of its own. */
interface WireName {
  /** Returns the name as it stands in settings and configs; matched exactly. */
  String wireName();
}
