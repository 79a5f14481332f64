using System.Buffers;
using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace OrleansIot.Application.Access;

/// <summary>The JSON text of an edition: <c>policies</c>, <c>users</c>, <c>certificates</c> and <c>tokens</c>, each by name.</summary>
public static class AccessDocument
{
    /// <summary>Largest document.</summary>
    // Some 60,000 users. It is written whole with each change, so far larger ones belong into a store with rows.
    public const int MaxBytes = 16 * 1024 * 1024;

    // For a file, not for a web page: a name with a + stays readable.
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static ReadOnlyMemory<byte> Write(AccessEdition edition)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Indented))
        {
            json.WriteStartObject();
            json.WriteStartObject("policies");
            foreach (var policy in edition.Policies.Values)
            {
                json.WritePropertyName(policy.Name);
                using var document = JsonDocument.Parse(policy.Document);
                document.WriteTo(json);
            }

            json.WriteEndObject();
            Section<Credential.User>(json, edition, "users", user => json.WriteString("passwordHash", user.Password.Text), "clientIds");
            Section<Credential.Certificate>(json, edition, "certificates", certificate => WriteCertificate(json, certificate), "things");
            Section<Credential.Token>(json, edition, "tokens", token => WriteToken(json, token), "clientIds");
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    public static string WordOf(CertificateStatus status) => status.ToString().ToUpperInvariant();

    private static void Section<T>(Utf8JsonWriter json, AccessEdition edition, string name, Action<T> own, string idsName)
        where T : Credential
    {
        json.WriteStartObject(name);
        foreach (var credential in edition.All<T>())
        {
            json.WriteStartObject(credential.Id);
            own(credential);
            WriteList(json, "policies", credential.Policies);
            WriteList(json, idsName, credential.ClientIds);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteCertificate(Utf8JsonWriter json, Credential.Certificate certificate)
    {
        json.WriteString("status", WordOf(certificate.Status));
        if (certificate.Pem is { } pem)
            json.WriteString("pem", pem);
    }

    private static void WriteToken(Utf8JsonWriter json, Credential.Token token)
    {
        json.WriteString("sha256", token.Digest);
        if (token.Expires is { } expires)
            json.WriteString("expires", expires.UtcDateTime);
    }

    private static void WriteList(Utf8JsonWriter json, string name, ImmutableArray<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts)
            json.WriteStringValue(text);

        json.WriteEndArray();
    }
}
