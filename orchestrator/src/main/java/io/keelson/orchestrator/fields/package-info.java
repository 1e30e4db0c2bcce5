/**
 * Field ownership, as sigs.k8s.io/structured-merge-diff defines it and Kubernetes exposes it: who set which field of an object, what an
 * apply may change, and what it removes.
 *
 * <pre>
 * metadata.managedFields -> ManagedFields (Manager -> Ownership: FieldSet, version, time)
 * live, config + FieldType -> Merging, Comparing, Removing, Mentioned -> values and FieldSets
 * FieldManager: update and apply over both -> object and managedFields, or Conflicts
 * </pre>
 *
 * <p>Values in, values out; inputs are never changed. Of a kind it knows only the form of its values ({@code kind.Shape}), and it must
 * not know who may do what, or where objects are stored.
 */
@NullMarked
package io.keelson.orchestrator.fields;

import org.jspecify.annotations.NullMarked;
