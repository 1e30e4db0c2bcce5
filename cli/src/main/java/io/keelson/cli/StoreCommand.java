package io.keelson.cli;

import io.keelson.cli.print.Terminal;
import io.keelson.cli.print.Trouble;
import io.keelson.cli.store.EtcdFlags;
import io.keelson.cli.store.Setup;
import io.keelson.store.Store;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Model.CommandSpec;

/**
 * {@code keelson store}: the store alone, with etcd's flags, so that it can stand in for the program {@code etcd}. Plain text where a URL
 * says {@code http}, as with etcd.
 */
final class StoreCommand implements OwnWords {

    @Override
    public CommandSpec spec() {
        var spec = Options.command(
                "store", "[etcd's flags]", "Runs the store alone in this process, in place of etcd.", "");
        EtcdFlags.names().forEach(flag -> spec.addOption(Options.text(flag, "VALUE", "")));
        return spec;
    }

    @Override
    public int run(List<String> words, Terminal terminal) throws InterruptedException {
        if (words.stream().anyMatch(List.of("-h", "-help", "--help")::contains)) {
            terminal.out().print(EtcdFlags.help());
            return 0;
        }
        var given = EtcdFlags.given(words, terminal.environment());
        if (given.wantsVersion()) {
            terminal.out().print(EtcdFlags.version(Store.ETCD_VERSION, VersionCommand.version()));
            return 0;
        }
        return serve(EtcdFlags.setup(given));
    }

    private static int serve(Setup setup) throws InterruptedException {
        Serving.logLines(setup.logging());
        setup.remarks().forEach(Serving::log);
        var config = setup.config();
        var died = new CountDownLatch(1);
        Store store;
        try {
            EtcdFlags.makeOwnCertificates(setup);
            store = Store.start(config, failure -> {
                System.getLogger("keelson").log(System.Logger.Level.ERROR, "the store has died", failure);
                died.countDown();
            });
        } catch (IllegalStateException | IllegalArgumentException failed) {
            throw Trouble.because(failed, "the store cannot start: " + failed.getMessage());
        }
        Thread.ofVirtual().name("ready").start(() -> sayWhenReady(store, setup));
        return Serving.untilToldToEnd("store " + config.name(), died, store);
    }

    private static void sayWhenReady(Store store, Setup setup) {
        try {
            while (!store.ready()) Thread.sleep(20);
            Serving.log("ready to serve client requests on " + setup.config().clientListen());
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }
}
