package run.algo.sdk.spi;

import java.util.Optional;
import run.algo.sdk.codec.Codec;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.type.TypeFactory;

/**
 * The formats that an Algo's class declares by its type arguments.
 *
 * @param input format of the input
 * @param output format of the output, empty for {@link Void}
 * @since 0.1.0
 */
public record AlgoTypes(Codec<?> input, Optional<Codec<?>> output) {

  /**
   * Reads the two type arguments of an Algo's form from its class, through superclasses and
   * interfaces.
   *
   * @param algo the Algo
   * @param form the interface with the two arguments, such as {@code Algo.class}
   * @return the formats
   * @throws IllegalArgumentException when the class does not fix the types, as a lambda's does not;
   *     the message says what to do
   */
  public static AlgoTypes of(Object algo, Class<?> form) {
    Class<?> type = algo.getClass();
    if (type.isSynthetic() || type.isHidden()) {
      throw unknown(type, form, "a lambda has no type arguments at run time");
    }
    TypeFactory types = TypeFactory.createDefaultInstance();
    JavaType[] arguments = types.findTypeParameters(types.constructType(type), form);
    if (arguments.length != 2 || erased(arguments[0]) || erased(arguments[1])) {
      throw unknown(type, form, "its class leaves a type argument open");
    }
    Optional<Codec<?>> output =
        arguments[1].hasRawClass(Void.class) ? Optional.empty() : Optional.of(codec(arguments[1]));
    return new AlgoTypes(codec(arguments[0]), output);
  }

  private static boolean erased(JavaType type) {
    return type.hasRawClass(Object.class);
  }

  private static Codec<?> codec(JavaType type) {
    return type.hasGenericTypes() ? Codec.forType(type) : Codec.forType(type.getRawClass());
  }

  private static IllegalArgumentException unknown(Class<?> type, Class<?> form, String why) {
    return new IllegalArgumentException(
        "the input and output types of "
            + type.getName()
            + " are unknown: "
            + why
            + ". Name its pipes, as in builder().input(Pipe.text(\"lines\"), algo,"
            + " Pipe.text(\"words\")), or write it as a class that implements "
            + form.getSimpleName()
            + "<Input, Output> with both types");
  }
}
