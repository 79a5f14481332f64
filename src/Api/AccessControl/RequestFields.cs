using System.Text.Json;
using Microsoft.AspNetCore.Http;
using OrleansIot.Api.Http;
using OrleansIot.Application.Access;

namespace OrleansIot.Api.AccessControl;

/// <summary>The body of a request as fields, and what is wrong with them.</summary>
internal sealed class RequestFields : IDisposable
{
    // A name given twice would leave it to chance which one counts.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    private readonly JsonDocument _json;

    private RequestFields(JsonDocument json, List<PolicyDocumentFault> faults, ReadOnlySpan<string> known)
    {
        (_json, Faults) = (json, faults);
        Fields = new CredentialReader(json.RootElement, "", faults);

        // Read no further where it is no object: there is a fault by then, and nothing in an empty one.
        if (!Fields.IsObject(known))
            Fields = new CredentialReader(JsonElement.Parse("{}"), "", faults);
    }

    public CredentialReader Fields { get; }

    public List<PolicyDocumentFault> Faults { get; }

    public static async Task<RequestFields> Read(HttpRequest request, params string[] known)
    {
        var body = await JsonBody.Read(request);
        try
        {
            return new RequestFields(JsonDocument.Parse(body, Strict), [], known);
        }
        catch (JsonException e)
        {
            return new RequestFields(JsonDocument.Parse("{}"), [new("$", $"is not JSON: {e.Message}", "Send one JSON object; no name in it twice.")], known);
        }
    }

    public void Dispose() => _json.Dispose();
}
