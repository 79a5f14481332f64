using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace OrleansIot.Api.Http;

/// <summary>What went wrong, as RFC 9457 says it (<c>application/problem+json</c>).</summary>
/// <param name="Type">A URI that stands for the kind of problem.</param>
/// <param name="Title">The kind of problem, for people.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">This problem, for people: what is wrong and how to mend it.</param>
/// <param name="Code">Stable, for programs: <c>device.unknown</c>.</param>
/// <param name="Faults">Each single thing that is wrong with the request, where there can be several.</param>
public sealed record Problem(
    string Type,
    string Title,
    int Status,
    string Detail,
    string Code,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<Fault>? Faults = null)
{
    internal const string ContentType = "application/problem+json";

    internal static Problem Of(int status, string code, string detail, IReadOnlyList<Fault>? faults = null) =>
        new($"urn:orleansiot:problem:{code}", TitleOf(status), status, detail, code, faults);

    private static string TitleOf(int status)
    {
        var phrase = ReasonPhrases.GetReasonPhrase(status);
        return phrase.Length > 0 ? phrase : "Error";
    }
}

/// <summary>One thing that is wrong with a request.</summary>
/// <param name="Path">The field of the body, or the name of the query parameter.</param>
/// <param name="Message">What is wrong.</param>
/// <param name="Mend">What to send instead.</param>
/// <param name="Code">Stable, for programs, where this fault has one of its own: <c>device.site-invalid</c>.</param>
public sealed record Fault(
    string Path,
    string Message,
    string Mend,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Code = null);
