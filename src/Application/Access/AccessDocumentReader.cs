using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace OrleansIot.Application.Access;

/// <summary>Reads an access document. All its faults are found at once, and one that has any is not in force in any part.</summary>
public sealed class AccessDocumentReader
{
    // A name given twice would leave it to chance which one counts.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly List<PolicyDocumentFault> _faults = [];
    private readonly ImmutableSortedDictionary<string, AccessPolicy>.Builder _policies = AccessEdition.Empty.Policies.ToBuilder();
    private readonly ImmutableSortedDictionary<string, Credential>.Builder _credentials = AccessEdition.Empty.Credentials.ToBuilder();

    private AccessDocumentReader()
    {
    }

    public static AccessDocumentResult Read(ReadOnlyMemory<byte> utf8Json)
    {
        if (utf8Json.IsEmpty)
            return new(AccessEdition.Empty, []);
        if (utf8Json.Length > AccessDocument.MaxBytes)
            return new(null, [new("$", $"has {utf8Json.Length} bytes.", $"Keep it below {AccessDocument.MaxBytes}.")]);

        try
        {
            using var document = JsonDocument.Parse(utf8Json, Strict);
            return new AccessDocumentReader().Read(document.RootElement);
        }
        catch (JsonException e)
        {
            var place = e.LineNumber is { } line ? $" (line {line + 1}, byte {e.BytePositionInLine + 1})" : "";
            return new(null, [new("$", $"is not JSON{place}: {e.Message.Split(" LineNumber")[0]}", "Write one JSON object; no name in it twice.")]);
        }
    }

    public static AccessDocumentResult Read(string json) => Read(Encoding.UTF8.GetBytes(json));

    private AccessDocumentResult Read(JsonElement json)
    {
        if (new CredentialReader(json, "", _faults).IsObject("policies", "users", "certificates", "tokens"))
        {
            foreach (var (name, place, policy) in Section(json, "policies", AccessNames.IsName, AccessNames.Rule))
                ReadPolicy(name, place, policy);
            foreach (var (name, place, user) in Section(json, "users", AccessNames.IsName, AccessNames.Rule))
                ReadUser(name, new CredentialReader(user, place, _faults));
            foreach (var (id, place, certificate) in Section(json, "certificates", AccessNames.IsThumbprint, "the SHA-256 of the certificate, 64 of 0-9 a-f"))
                ReadCertificate(id, new CredentialReader(certificate, place, _faults));
            foreach (var (name, place, token) in Section(json, "tokens", AccessNames.IsName, AccessNames.Rule))
                ReadToken(name, new CredentialReader(token, place, _faults));
        }

        var edition = new AccessEdition(_policies.ToImmutable(), _credentials.ToImmutable());
        foreach (var credential in edition.Credentials.Values)
        {
            foreach (var (index, policy) in credential.Policies.Index().Where(named => !edition.Knows(named.Item)))
                _faults.Add(new($"{credential.Principal}: policies[{index}]", $"is \"{policy}\", and there is no such policy.", "Write the policy, or take its name out."));
        }

        return _faults.Count == 0 ? new(edition, []) : new(null, [.. _faults]);
    }

    private IEnumerable<(string Name, string Place, JsonElement Json)> Section(JsonElement json, string name, Predicate<string> isName, string rule)
    {
        if (!json.TryGetProperty(name, out var section))
            yield break;

        if (section.ValueKind != JsonValueKind.Object)
        {
            _faults.Add(new(name, "is not an object.", "Write { \"name\": … }."));
            yield break;
        }

        foreach (var entry in section.EnumerateObject())
        {
            if (isName(entry.Name))
                yield return (entry.Name, $"{name}.{entry.Name}.", entry.Value);
            else
                _faults.Add(new($"{name}.{entry.Name}", "is not a name for this.", $"Use {rule}."));
        }
    }

    private void ReadPolicy(string name, string place, JsonElement json)
    {
        var document = json.GetRawText();
        if (AccessEdition.IsBuiltIn(name))
            _faults.Add(new(place.TrimEnd('.'), "is the name of a policy that is built in.", "Choose another name."));
        else if (PolicyDocumentReader.Read(name, document) is { IsValid: true } read)
            _policies[name] = new AccessPolicy(read.Policy, document);
        else
            _faults.AddRange(PolicyDocumentReader.Read(name, document).Faults.Select(fault => fault with { Path = fault.Path == "$" ? place.TrimEnd('.') : place + fault.Path }));
    }

    private void ReadUser(string name, CredentialReader fields)
    {
        if (!fields.IsObject("passwordHash", "policies", "clientIds"))
            return;

        if (PasswordHash.TryParse(fields.Text("passwordHash"), out var password))
            Add(new Credential.User(name, password, fields.Policies(), fields.ClientIds("clientIds")));
        else
            fields.Fault("passwordHash", "is missing, or not the hash of a password.", $"Write {PasswordHash.Rule}.");
    }

    private void ReadCertificate(string id, CredentialReader fields)
    {
        if (fields.IsObject("status", "policies", "things", "pem"))
            Add(new Credential.Certificate(id, fields.Status(), fields.Policies(), fields.ClientIds("things"), fields.Pem()));
    }

    private void ReadToken(string name, CredentialReader fields)
    {
        if (!fields.IsObject("sha256", "policies", "clientIds", "expires"))
            return;

        if (fields.Text("sha256") is { } digest && AccessNames.IsThumbprint(digest))
            Add(new Credential.Token(name, digest, fields.Expires(), fields.Policies(), fields.ClientIds("clientIds")));
        else
            fields.Fault("sha256", "is missing, or not a digest.", "Write the SHA-256 of the token, 64 of 0-9 a-f.");
    }

    private void Add(Credential credential) => _credentials[credential.Principal] = credential;
}
