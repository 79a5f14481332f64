using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace OrleansIot.Application.Access;

/// <summary>Reads the fields of one credential, from the access document or from a request; the faults go into a list.</summary>
/// <param name="place">In front of the fields' names in a fault: <c>users.pump-1.</c></param>
public sealed class CredentialReader(JsonElement json, string place, ICollection<PolicyDocumentFault> faults)
{
    // AWS IoT attaches at most ten to a certificate; each is asked with every message.
    private const int MaxPolicies = 10;

    // A gateway with its devices; more of them are a pattern in a policy.
    private const int MaxClientIds = 1_000;

    private const int MaxPemLength = 16 * 1024;

    private static readonly (string Word, CertificateStatus Status)[] Statuses =
        [.. Enum.GetValues<CertificateStatus>().Select(status => (AccessDocument.WordOf(status), status))];

    /// <summary>False where there is nothing to read fields from.</summary>
    public bool IsObject(params ReadOnlySpan<string> known)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            Fault("", "is not an object.", $"Write {{ }} with any of {string.Join(", ", known)}.");
            return false;
        }

        foreach (var field in json.EnumerateObject())
        {
            if (!known.Contains(field.Name))
                Fault(field.Name, "is not a field of this.", $"Remove it; known are {string.Join(", ", known)}.");
        }

        return true;
    }

    public ImmutableArray<string> Policies() =>
        Names("policies", MaxPolicies, AccessNames.IsName, $"Write names of policies, each with {AccessNames.Rule}.");

    public ImmutableArray<string> ClientIds(string field) =>
        Names(field, MaxClientIds, id => id.Length > 0 && AccessNames.ProblemOfClientId(id) is null, "Write client ids, without + # * and control characters.");

    public CertificateStatus Status()
    {
        if (!json.TryGetProperty("status", out var status))
            return CertificateStatus.Active;

        foreach (var (word, value) in Statuses)
        {
            if (Text(status) == word)
                return value;
        }

        Fault("status", $"is {status.GetRawText()}.", $"Write one of {string.Join(", ", Statuses.Select(known => $"\"{known.Word}\""))}.");
        return CertificateStatus.Inactive;
    }

    public string? Pem()
    {
        if (!json.TryGetProperty("pem", out var pem))
            return null;
        if (Text(pem) is { Length: <= MaxPemLength } text)
            return text;

        Fault("pem", "is not a text that fits.", "Write the certificate, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----.");
        return null;
    }

    public DateTimeOffset? Expires()
    {
        if (!json.TryGetProperty("expires", out var expires) || expires.ValueKind == JsonValueKind.Null)
            return null;
        if (Text(expires) is { } text && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at;

        Fault("expires", $"is {expires.GetRawText()}.", "Write a time such as \"2027-01-31T00:00:00Z\", or leave it out.");
        return null;
    }

    /// <summary>Null where the field is not there, or no text.</summary>
    public string? Text(string field) => json.TryGetProperty(field, out var value) ? Text(value) : null;

    /// <summary>The texts of a list; none where it is not there, or no list.</summary>
    public IReadOnlyList<string> Texts(string field) => json.TryGetProperty(field, out var list) && list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Select(item => Text(item) ?? item.GetRawText())]
        : [];

    public bool Has(string field) => json.TryGetProperty(field, out _);

    public void Fault(string field, string problem, string mend) =>
        faults.Add(new PolicyDocumentFault(place + field is { Length: > 0 } path ? path.TrimEnd('.') : "$", problem, mend));

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private ImmutableArray<string> Names(string field, int max, Predicate<string> isOne, string mend)
    {
        if (!json.TryGetProperty(field, out var list) || list.ValueKind == JsonValueKind.Null)
            return [];

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > max)
        {
            Fault(field, $"is not a list of at most {max}.", mend);
            return [];
        }

        var names = ImmutableArray.CreateBuilder<string>();
        foreach (var (index, item) in list.EnumerateArray().Index())
        {
            if (Text(item) is { } name && isOne(name))
                names.Add(name);
            else
                Fault($"{field}[{index}]", $"is {item.GetRawText()}.", mend);
        }

        return names.DrainToImmutable();
    }
}
