using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.Rules;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Api.Rules;

/// <summary>Rules: read, written, removed. A rule's ETag is its version.</summary>
internal static class RuleEndpoints
{
    public static void MapRules(this IEndpointRouteBuilder api)
    {
        var rules = api.MapGroup("/rules").WithTags("Rules");
        rules.MapGet("/", List).WithName("ListRules").WithSummary("All rules, in order of id");
        rules.MapGet("/{ruleId}", Find).WithName("GetRule").WithSummary("A rule; its version is the ETag").ProducesProblems(404).TakesConditions(ConditionalMetadata.Read);
        rules.MapPost("/", Create).WithName("CreateRule").WithSummary("Creates a rule that does not exist yet")
            .Accepts<RuleDocument>("application/json").ProducesProblems(400, 409, 413, 415, 503);
        rules.MapPut("/{ruleId}", Put).WithName("PutRule").WithSummary("Creates or replaces a rule")
            .WithDescription("With If-Match and the ETag of a rule, replaces it only while it is unchanged; with If-None-Match: *, only creates.")
            .Accepts<RuleDocument>("application/json").ProducesProblems(400, 412, 413, 415, 503).TakesConditions(ConditionalMetadata.Put);
        rules.MapDelete("/{ruleId}", Delete).WithName("DeleteRule").WithSummary("Removes a rule; its open alerts are resolved").ProducesProblems(404, 412, 503).TakesConditions(ConditionalMetadata.Delete);
    }

    private static Ok<ListDocument<RuleDocument>> List(IRules rules) =>
        TypedResults.Ok(new ListDocument<RuleDocument>([.. rules.All.Select(RuleDocument.Of)]));

    private static Results<Ok<RuleDocument>, StatusCodeHttpResult, ProblemResult> Find(string ruleId, IRules rules, HttpContext context)
    {
        if (!RuleId.TryParse(ruleId, out var id) || rules.Find(id) is not { } rule)
            return ProblemResult.UnknownRule(ruleId);

        return VersionTag.Answers(context, VersionTag.Of(rule.Version)) ? TypedResults.StatusCode(StatusCodes.Status304NotModified) : TypedResults.Ok(RuleDocument.Of(rule));
    }

    private static async Task<Results<Created<RuleDocument>, ProblemResult>> Create(HttpRequest request, IRules rules, CancellationToken cancellation)
    {
        var read = RuleDocumentReader.Read(await JsonBody.Read(request));
        if (!read.IsValid)
            return Invalid(read);

        return await rules.Put(read.Rule, expectedVersion: 0, cancellation) is { } created
            ? Created(created, request.HttpContext.Response)
            : ProblemResult.Of(
                StatusCodes.Status409Conflict, "rule.exists", $"There is a rule '{read.Rule.Id}' already; PUT /api/v1/rules/{read.Rule.Id} replaces it.");
    }

    private static async Task<Results<Ok<RuleDocument>, Created<RuleDocument>, ProblemResult>> Put(
        string ruleId, HttpRequest request, IRules rules, CancellationToken cancellation)
    {
        if (!RuleId.TryParse(ruleId, out var id))
            return ProblemResult.Invalid(RuleDocument.InvalidCode, "The rule cannot be taken", [new Fault("ruleId", $"is '{ruleId}' in the address.", $"A rule id has {RuleId.Rule}.")]);

        var read = RuleDocumentReader.Read(await JsonBody.Read(request), id);
        if (!read.IsValid)
            return Invalid(read);

        // Somebody else may write between the look and the change: then the conditions are held to what they wrote.
        while (true)
        {
            var replaced = rules.Find(id);
            if (!VersionTag.Allows(request, replaced?.Version))
                return Changed(replaced);

            if (await rules.Put(read.Rule, replaced?.Version ?? 0, cancellation) is { } stored)
                return replaced is null ? Created(stored, request.HttpContext.Response) : Answer(stored, request.HttpContext.Response);
        }
    }

    private static async Task<Results<NoContent, ProblemResult>> Delete(string ruleId, HttpRequest request, IRules rules, CancellationToken cancellation)
    {
        if (!RuleId.TryParse(ruleId, out var id))
            return ProblemResult.UnknownRule(ruleId);

        while (rules.Find(id) is { } rule)
        {
            if (!VersionTag.Allows(request, rule.Version))
                return Changed(rule);

            if (await rules.Delete(id, rule.Version, cancellation))
                return TypedResults.NoContent();
        }

        return ProblemResult.UnknownRule(ruleId);
    }

    private static Ok<RuleDocument> Answer(Rule rule, HttpResponse response)
    {
        response.Headers.ETag = VersionTag.Of(rule.Version).ToString();
        return TypedResults.Ok(RuleDocument.Of(rule));
    }

    private static Created<RuleDocument> Created(Rule rule, HttpResponse response)
    {
        response.Headers.ETag = VersionTag.Of(rule.Version).ToString();
        return TypedResults.Created($"/api/v1/rules/{rule.Id}", RuleDocument.Of(rule));
    }

    private static ProblemResult Changed(Rule? present) => ProblemResult.Of(
        StatusCodes.Status412PreconditionFailed,
        "rule.changed",
        present is null ? "There is no such rule." : $"The rule is at version {present.Version}; read it again and repeat the change.");

    private static ProblemResult Invalid(RuleDocumentResult read) => ProblemResult.Invalid(
        RuleDocument.InvalidCode, "The rule cannot be taken", [.. read.Faults.Select(fault => new Fault(fault.Path, fault.Problem, fault.Mend))]);
}
