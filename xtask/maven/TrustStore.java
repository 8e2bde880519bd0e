import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;

/** Writes the certificates of a PEM file into a store that Java reads: {@code java TrustStore.java PEM STORE}. */
class TrustStore {
    public static void main(String[] arguments) throws Exception {
        var store = KeyStore.getInstance("JKS");
        store.load(null, null);
        try (var pem = new FileInputStream(arguments[0])) {
            for (var certificate : CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                store.setCertificateEntry("certificate-" + store.size(), certificate);
            }
        }
        try (var file = new FileOutputStream(arguments[1])) {
            // Certificates are no secret: this is the password every Java has for them.
            store.store(file, "changeit".toCharArray());
        }
    }
}
