package run.algo.sdk.spi;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import run.algo.sdk.Payload;
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
    if (!openVariables(type, form).isEmpty()) {
      throw unknown(type, form, "its class leaves a type argument open");
    }
    TypeFactory types = TypeFactory.createDefaultInstance();
    JavaType[] arguments = types.findTypeParameters(types.constructType(type), form);
    if (arguments.length != 2) {
      throw unknown(type, form, "it is no " + form.getSimpleName() + " with two type arguments");
    }
    Optional<Codec<?>> output =
        arguments[1].hasRawClass(Void.class) ? Optional.empty() : Optional.of(codec(arguments[1]));
    return new AlgoTypes(codec(arguments[0]), output);
  }

  /**
   * The type variables that the form's arguments still mention, seen from a class. Jackson resolves
   * an open variable silently to its bound, which would read records as the wrong type.
   */
  private static Set<TypeVariable<?>> openVariables(Class<?> type, Class<?> form) {
    if (type == form) {
      return Set.of(form.getTypeParameters());
    }
    for (Type supertype : supertypes(type)) {
      Class<?> raw = rawClass(supertype);
      if (form.isAssignableFrom(raw)) {
        Set<TypeVariable<?>> open = new HashSet<>(openVariables(raw, form));
        if (supertype instanceof ParameterizedType generic) {
          TypeVariable<?>[] parameters = raw.getTypeParameters();
          for (int i = 0; i < parameters.length; i++) {
            if (open.remove(parameters[i])) {
              collectVariables(generic.getActualTypeArguments()[i], open);
            }
          }
        }
        return open;
      }
    }
    return Set.of();
  }

  private static List<Type> supertypes(Class<?> type) {
    List<Type> all = new ArrayList<>(List.of(type.getGenericInterfaces()));
    Type superclass = type.getGenericSuperclass();
    if (superclass != null) {
      all.add(superclass);
    }
    return all;
  }

  private static Class<?> rawClass(Type supertype) {
    return supertype instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) supertype;
  }

  private static void collectVariables(Type type, Set<TypeVariable<?>> into) {
    if (type instanceof TypeVariable<?> variable) {
      into.add(variable);
    } else if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        collectVariables(argument, into);
      }
    } else if (type instanceof GenericArrayType array) {
      collectVariables(array.getGenericComponentType(), into);
    } else if (type instanceof WildcardType wildcard) {
      for (Type bound : wildcard.getUpperBounds()) {
        collectVariables(bound, into);
      }
      for (Type bound : wildcard.getLowerBounds()) {
        collectVariables(bound, into);
      }
    }
  }

  private static Codec<?> codec(JavaType type) {
    if (type.hasRawClass(Payload.class)) {
      return Payload.codec();
    }
    return type.hasGenericTypes() ? Codec.forType(type) : Codec.forType(type.getRawClass());
  }

  private static IllegalArgumentException unknown(Class<?> type, Class<?> form, String why) {
    return new IllegalArgumentException(
        "the input and output types of "
            + type.getName()
            + " are unknown: "
            + why
            + ". Name its pipes, as in builder()."
            + builderMethod(form)
            + "(Pipe.text(\"lines\"), algo,"
            + " Pipe.text(\"words\")), or write it as a class that implements "
            + form.getSimpleName()
            + "<Input, Output> with both types");
  }

  /** The builder's method that takes the form: input, asyncInput, batchInput. */
  private static String builderMethod(Class<?> form) {
    String kind = form.getSimpleName().replace("Algo", "").toLowerCase(Locale.ROOT);
    return kind.isEmpty() ? "input" : kind + "Input";
  }
}
