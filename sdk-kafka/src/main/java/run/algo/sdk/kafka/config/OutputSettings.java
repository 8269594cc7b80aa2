package run.algo.sdk.kafka.config;

import java.util.Optional;

/**
 * One output of the Algo that has a topic.
 *
 * <p>Immutable, so safe for use by several threads.
 *
 * @param name the output's name as the Algo declares it, else as the config or the variable has it
 * @param topic the topic
 * @param contentType content type to write, or empty when the config names none
 * @param dataType how values travel
 * @since 0.1.0
 */
public record OutputSettings(
    String name, String topic, Optional<String> contentType, MessageDataType dataType) {}
