package run.algo.examples.conformance;

import org.jspecify.annotations.Nullable;
import run.algo.sdk.AlgoContext;
import run.algo.sdk.NonRetriableException;
import run.algo.sdk.Payload;
import run.algo.sdk.Pipe;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** The table of commands: does what one record commands; {@code op} names it. */
final class Table {

  static final Pipe<Command> COMMANDS = Pipe.of("commands", new CommandCodec());
  static final Pipe<ObjectNode> RESULTS = Pipe.json("results", ObjectNode.class);

  /** Written as files alone, so that its format of values is never used. */
  static final Pipe<Payload> FILES = Pipe.payload("files");

  private Table() {}

  /** Does it on the calling thread, and takes as long as the command says. */
  static void run(Command command, AlgoContext context) throws Exception {
    Run run = new Run(command, context, System.currentTimeMillis());
    switch (command.op()) {
      case "echo" -> run.emit(0);
      case "none" -> {}
      case "emit" -> emit(run);
      case "work" -> {
        CpuTime.burn(command.number("micros"));
        run.emit(0);
      }
      case "sleep" -> {
        Thread.sleep(command.number("ms"));
        run.emit(0);
      }
      case "hang" -> {
        CpuTime.spin(command.number("ms"));
        run.emit(0);
      }
      case "fail" -> fail(run);
      case "fatal" -> throw new NonRetriableException("commanded to fail for good");
      case "error" -> throw new StackOverflowError("commanded to overflow");
      case "crash" -> Runtime.getRuntime().halt(137);
      case "sha" -> run.emit(Digest.of(command.bytes()).putInto(run.result(0)));
      case "gather" -> run.emit(run.result(0).set("ids", ids(command, context)));
      case "file" -> run.emit(FileRow.write(command, context).putInto(run.result(0)));
      case "read" ->
          throw new NonRetriableException("op read is for CONFORMANCE_INPUT=files alone");
      default -> throw new NonRetriableException("there is no op " + command.op());
    }
  }

  /**
   * The command to be run. Where a record only triggers and nothing was held of this input, there
   * is none: what was held of other inputs is told as {@code gather} tells it.
   */
  static Command command(@Nullable Command input, AlgoContext context) {
    if (input != null) {
      return input;
    }
    if (context.gathered().isEmpty()) {
      throw new NonRetriableException("a command is a JSON object, not nothing");
    }
    return new Command(JsonNodeFactory.instance.objectNode().put("op", "gather"), new byte[0]);
  }

  /** What {@code sleep} does when its time is over; the other half is the waiting. */
  static Runnable afterSleep(Command command, AlgoContext context) {
    Run run = new Run(command, context, System.currentTimeMillis());
    return () -> run.emit(0);
  }

  private static void emit(Run run) {
    long count = run.command.number("count");
    for (long n = 0; n < count; n++) {
      run.emit(n);
    }
  }

  private static void fail(Run run) {
    if (run.context.attempt() <= run.command.number("times")) {
      if (run.command.flag("partial")) {
        run.emit(0);
      }
      throw new IllegalStateException("commanded to fail, attempt " + run.context.attempt());
    }
    run.emit(0);
  }

  /** The ids of all records of the trace, in the order in which they were read. */
  private static ArrayNode ids(Command command, AlgoContext context) {
    ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    if (context.gathered().isEmpty()) {
      return ids.add(command.id());
    }
    context.gathered(COMMANDS).forEach(gathered -> ids.add(gathered.id()));
    return ids;
  }

  /** One execution. */
  private static final class Run {
    private final Command command;
    private final AlgoContext context;
    private final long startedMs;

    Run(Command command, AlgoContext context, long startedMs) {
      this.command = command;
      this.context = context;
      this.startedMs = startedMs;
    }

    void emit(long n) {
      emit(result(n));
    }

    void emit(ObjectNode result) {
      Results.emit(result, context);
    }

    ObjectNode result(long n) {
      ObjectNode result = Results.of(command.id(), command.op(), n, context, startedMs);
      JsonNode text = command.json().get("text");
      if (text != null) {
        result.set("text", text);
      }
      return result;
    }
  }
}
