package run.algo.sdk.kafka.internal.engine;

/** A bug that is put into a simulated engine, to see that the simulation finds it. */
enum Plant {
  NONE,

  /** The offset that was read is committed, not the frontier. */
  COMMIT_OF_THE_POSITION,

  /** A record is settled when it is sent, before the broker has acknowledged it. */
  SETTLED_BEFORE_THE_ACKNOWLEDGEMENT,

  /** A completion gets lost now and then. */
  LOST_COMPLETION,

  /** The runner never learns that it has lost its partitions, and goes on with them. */
  LOSS_IGNORED,

  /** What a lost partition completes late settles the record in the assignment that came after. */
  LATE_COMPLETION_REACHES_THE_NEXT_ASSIGNMENT,

  /** What a lost partition completes late is counted. */
  LATE_COMPLETION_COUNTED,

  /** A batch overtakes the one before it on its way to the dispatcher. */
  HAND_OVER_OUT_OF_ORDER,

  /** Records of one key or partition are executed as if they had no order. */
  OVERLAP,

  /** A scope goes on while its asynchronous execution is under way. */
  SCOPE_LET_GO_EARLY,

  /** No bound for what is in flight, in bytes. */
  BYTES_UNBOUNDED,

  /** No bound for what is in flight, in records. */
  RECORDS_UNBOUNDED,

  /** One slot too many. */
  CONCURRENCY_EXCEEDED,

  /** The metadata of a commit names the first record that is not settled. */
  METADATA_NAMES_AN_UNSETTLED_RECORD,

  /** What the metadata names is executed again. */
  METADATA_IGNORED,

  /** Nobody looks whether an execution passes its deadline. */
  DEADLINES_FORGOTTEN,

  /** What an abandoned execution returns late is written. */
  LATE_RESULT_WRITTEN,

  /** An abandoned execution goes on with its record when it comes back. */
  ABANDONED_ENDS_TWICE,

  /** Transactions are committed without their offsets. */
  COMMIT_WITHOUT_OFFSETS,

  /** A transaction commits without waiting for the one before it. */
  COMMIT_OUT_OF_TURN,

  /** Records are taken again while it is not known what has become of the transaction with them. */
  TAKEN_AGAIN_WHILE_UNDECIDED,

  /** What an aborted transaction was to write is never taken again. */
  ABORT_FORGETS_TO_UNTAKE,

  /** Now and then an output does not wait for its transaction. */
  OUTPUT_OUTSIDE_THE_TRANSACTION,

  /** Offsets come with the group's name alone, not with its generation. */
  FENCING_FORGOTTEN,

  /** A commit without an answer is taken for one that has failed. */
  UNANSWERED_COMMIT_TAKEN_FOR_FAILED,

  /** A partition's next owner does not wait for the transaction that may move its offset. */
  UNSTABLE_OFFSETS_READ,

  /** A commit is not cut in front of what it would divide. */
  COMMIT_NOT_CUT,

  /** The metadata of a commit leaves out the last record that it should name. */
  METADATA_FORGETS_THE_LAST,

  /** A held record is executed by itself. */
  HELD_EXECUTED_BY_ITSELF,

  /** A trigger forgets one of the records that are held for it. */
  TRIGGER_FORGETS_ONE,

  /** The time for which a record waits never comes to its end, now and then. */
  DELAYED_FORGOTTEN,

  /** A scope goes on while a record of it waits to be executed again. */
  OVERTAKEN_WHILE_WAITING,

  /** How often a record was executed is not remembered. */
  TRY_NOT_COUNTED,

  /** A record waits for half its time. */
  WAIT_CUT_SHORT,

  /** The same try comes again and again. */
  RETRIED_FOR_EVER,

  /** What is held waits for ever. */
  NEVER_GIVEN_UP,

  /** A parked record is forgotten by its store before its outcome is acknowledged. */
  FORGOTTEN_TOO_EARLY,

  /** A record is executed although earlier ones of its key are parked. */
  PARKED_KEY_IGNORED,

  /** A record is settled as parked before its store has acknowledged it. */
  PARKED_WHEN_SENT,

  /** A parked record is executed whatever the one before it does. */
  FOLLOWER_NOT_HELD_UP,

  /** The last record of the parking topic is not read when a partition comes. */
  RESTORE_FORGETS_THE_LAST,

  /** What is parked, and will be read from the input again, does not wait for that. */
  DORMANT_NOT_KEPT_BACK,

  /** Revoked partitions are given back without waiting for what is under way. */
  NO_DRAIN
}
