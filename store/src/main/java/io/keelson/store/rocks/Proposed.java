package io.keelson.store.rocks;

/**
 * Which of its entries a member proposed. A state remembers the last of each member, so that one that comes again is known.
 *
 * @param member the member, as the log names it
 * @param incarnation chosen by each start of that member
 * @param sequence counts the entries of that incarnation
 */
public record Proposed(String member, long incarnation, long sequence) {}
