package io.keelson.orchestrator.client;

import com.google.gson.reflect.TypeToken;
import io.kubernetes.client.openapi.models.V1ConfigMap;
import io.kubernetes.client.util.Watch;
import java.lang.reflect.Type;

/** The types that the Java client wants to be told of its watches. */
final class Watches {

    static final Type CONFIG_MAP = new TypeToken<Watch.Response<V1ConfigMap>>() {}.getType();

    private Watches() {}
}
