package io.keelson.chaos.history;

/**
 * A key as it is from one revision on.
 *
 * @param key its name
 * @param value what it holds
 * @param create the revision that made it
 * @param mod the revision of this value
 * @param version how often it was put since it was made, from 1
 * @param lease the lease that it lives under, 0 for none
 */
public record Version(String key, String value, long create, long mod, long version, long lease) {}
