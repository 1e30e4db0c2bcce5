package io.keelson.cli;

import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** Short ways to say which options there are, and to read them. */
final class Options {

    private Options() {}

    static CommandSpec command(String name, String synopsis, String... description) {
        var spec = CommandSpec.create().name("keelson " + name);
        spec.usageMessage()
                .customSynopsis("keelson " + name + " " + synopsis)
                .description(description)
                .sortOptions(false)
                .adjustLineBreaksForWideCJKCharacters(false)
                .width(100);
        return spec.addOption(OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("This text.")
                .build());
    }

    static OptionSpec text(String names, String label, String description) {
        return OptionSpec.builder(names.split(" "))
                .paramLabel(label)
                .type(String.class)
                .description(description)
                .build();
    }

    static OptionSpec texts(String names, String label, String description) {
        return OptionSpec.builder(names.split(" "))
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build();
    }

    static OptionSpec number(String names, String label, String description) {
        return OptionSpec.builder(names.split(" "))
                .paramLabel(label)
                .type(Long.class)
                .converters(Options::wholeNumber)
                .description(description)
                .build();
    }

    private static Long wholeNumber(String text) {
        try {
            return Long.valueOf(text.strip());
        } catch (NumberFormatException wrong) {
            throw new TypeConversionException("'" + text + "' is not a whole number");
        }
    }

    static OptionSpec flag(String names, String description) {
        return OptionSpec.builder(names.split(" "))
                .type(boolean.class)
                .description(description)
                .build();
    }

    /** All positional parameters, as {@link #words} reads them. */
    static PositionalParamSpec rest(String label, String description) {
        return PositionalParamSpec.builder()
                .index("0..*")
                .arity("0..*")
                .paramLabel(label)
                .type(List.class)
                .auxiliaryTypes(String.class)
                .description(description)
                .build();
    }

    static Optional<String> text(ParseResult parsed, String name) {
        return Optional.ofNullable(parsed.<String>matchedOptionValue(name, null));
    }

    static List<String> texts(ParseResult parsed, String name) {
        return parsed.matchedOptionValue(name, List.<String>of());
    }

    static Optional<Long> number(ParseResult parsed, String name) {
        return Optional.ofNullable(parsed.<Long>matchedOptionValue(name, null));
    }

    static boolean flag(ParseResult parsed, String name) {
        return parsed.matchedOptionValue(name, false);
    }

    static List<String> words(ParseResult parsed) {
        return parsed.matchedPositionalValue(0, List.<String>of());
    }
}
