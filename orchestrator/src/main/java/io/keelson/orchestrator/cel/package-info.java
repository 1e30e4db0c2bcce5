/**
 * Expressions in CEL, the Common Expression Language, with Kubernetes' functions. The only package that knows the library.
 *
 * <pre>
 *   Environment (variables and their types) -- compile(text) --> Expression -- evaluate(values, budget) --> a value
 *                                                                    |
 *                                                                    +-- Estimate: what it may cost at most
 * </pre>
 *
 * <p>Every evaluation pays for each step from a {@link io.keelson.orchestrator.cel.Budget} and ends when that is used up, so that no
 * expression, whoever wrote it, holds a server for long. Pure: no clock, no chance, no threads.
 */
@NullMarked
package io.keelson.orchestrator.cel;

import org.jspecify.annotations.NullMarked;
