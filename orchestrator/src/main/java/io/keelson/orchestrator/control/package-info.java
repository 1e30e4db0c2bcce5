/**
 * The controllers: what should happen next so that the world becomes what was asked for. Pure: no clock, no IO, no threads.
 *
 * <pre>  Change, Cluster -> touchedBy -> refs to look at;    Cluster, Ref, now -> reconcile -> Actions</pre>
 *
 * Each reconcile looks at one object as if for the first time and orders small steps, each safe alone and in any order; what a step leads
 * to comes back as a change. Nothing here knows how actions are performed, who leads, or that there is a store.
 */
@NullMarked
package io.keelson.orchestrator.control;

import org.jspecify.annotations.NullMarked;
