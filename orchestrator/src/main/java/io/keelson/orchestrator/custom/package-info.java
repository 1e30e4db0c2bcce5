/**
 * Kinds that are defined at run time, by a CustomResourceDefinition. Pure.
 *
 * <pre>
 *   CustomResourceDefinition (an object) -- DefinitionCheck: does it make sense? SchemaCheck, RuleCheck: do its schemas?
 *        |
 *   Definition -- DefinedKinds --> a row of the table of kinds for each version that is served
 *                                     |
 *   an object of such a kind --> Pruning --> Defaulting --> ValueCheck, ListCheck, Rules --> stored
 * </pre>
 *
 * <p>Knows kinds and expressions; not who stores, serves or watches.
 */
@NullMarked
package io.keelson.orchestrator.custom;

import org.jspecify.annotations.NullMarked;
