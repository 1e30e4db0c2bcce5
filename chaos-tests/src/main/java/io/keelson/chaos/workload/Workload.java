package io.keelson.chaos.workload;

import io.keelson.chaos.client.Client;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** What a client does all day. */
public enum Workload {
    /** Reads and blind writes of few keys, and sets on condition. */
    REGISTER("register", 5, Registers::blind),
    /** Reads and sets on condition that nothing has changed. */
    CAS("cas", 3, Registers::compareAndSet),
    /** Adds members to a set and reads all of it. */
    SET("set", 2, Sets::run),
    /** Appends to several lists in one transaction. */
    APPEND("append", 4, AppendLists::run),
    /** Puts, deletes and transactions of many kinds, serializable reads and reads of the past. */
    CHURN("churn", 3, Churn::run),
    /** Watches of many kinds, with progress asked for, taken up again when they break. */
    WATCH("watch", 4, Watches::run),
    /** Keys under leases that are renewed for a while. */
    LEASE("lease", 3, LeaseKeys::run),
    /** A lock whose holders write with their token. */
    LOCK("lock", 3, Locks::run);

    /** The life of one client. */
    interface Life {
        void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException;
    }

    private final String word;
    private final int clients;

    @SuppressWarnings("ImmutableEnumChecker") // Each is a method without state.
    private final Life life;

    Workload(String word, int clients, Life life) {
        this.word = word;
        this.clients = clients;
        this.life = life;
    }

    /** Its name on the command line and in histories. */
    public String word() {
        return word;
    }

    /** How many clients do it. */
    public int clients() {
        return clients;
    }

    /** Runs one client in the calling thread until told to stop. */
    public void run(Client client, Random random, BooleanSupplier stop) throws InterruptedException {
        life.run(client, random, stop);
    }

    /** A pause between operations: clients are many and processors few. */
    static void think(Random random) throws InterruptedException {
        Thread.sleep(10 + random.nextInt(50));
    }
}
