using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using OrleansIot.Api.Http;
using OrleansIot.Application.Alerts;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Alerts;

/// <summary>Alerts: found, acknowledged, resolved, and who was told of them.</summary>
internal static class AlertEndpoints
{
    private const int DefaultLimit = 100;
    private const int MaxLimit = 500;
    private const int MaxByLength = 128;
    private const string DefaultBy = "api";

    private static readonly ImmutableArray<(string Word, (AlertStatus? Status, bool? Open) Meaning)> Statuses =
    [
        ("triggered", (AlertStatus.Triggered, null)),
        ("acknowledged", (AlertStatus.Acknowledged, null)),
        ("resolved", (AlertStatus.Resolved, null)),
        ("open", (null, true)),
    ];

    public static void MapAlerts(this IEndpointRouteBuilder api)
    {
        var alerts = api.MapGroup("/alerts").WithTags("Alerts");
        alerts.MapGet("/", List).WithName("ListAlerts").WithSummary("Alerts, newest first").ProducesProblems(400, 503);
        alerts.MapGet("/{id}", Find).WithName("GetAlert").WithSummary("An alert").ProducesProblems(404, 503);
        alerts.MapPost("/{id}/acknowledge", Acknowledge).WithName("AcknowledgeAlert")
            .WithSummary("Says that somebody looks after the alert; again changes nothing")
            .Accepts<AlertActionDocument>(isOptional: true, "application/json").ProducesProblems(400, 404, 409, 415, 503);
        alerts.MapPost("/{id}/resolve", Resolve).WithName("ResolveAlert")
            .WithSummary("Closes the alert; again changes nothing")
            .Accepts<AlertActionDocument>(isOptional: true, "application/json").ProducesProblems(400, 404, 415, 503);
        alerts.MapGet("/{id}/deliveries", Deliveries).WithName("ListDeliveries").WithSummary("Who was told of the alert, oldest first").ProducesProblems(404, 503);
    }

    private static async Task<Results<Ok<ListDocument<AlertDocument>>, ProblemResult>> List(
        [AsParameters] AlertListQuery query, IAlertBook alerts, CancellationToken cancellation)
    {
        var reader = new QueryReader();
        var (status, open) = reader.Word("status", query.Status, Statuses) ?? (null, null);
        var wanted = new AlertQuery(
            status,
            open,
            reader.Id<DeviceId>("device", query.Device, DeviceId.TryParse, $"a device id: {DeviceId.Rule}"),
            reader.Id<RuleId>("rule", query.Rule, RuleId.TryParse, $"a rule id: {RuleId.Rule}"),
            reader.Word("severity", query.Severity, RuleDocumentWords.Severities),
            reader.Number("limit", query.Limit, DefaultLimit, 1, MaxLimit),
            string.IsNullOrEmpty(query.Cursor) ? null : query.Cursor);
        if (reader.HasFaults)
            return reader.Problem;

        try
        {
            var page = await alerts.List(wanted, cancellation);
            return TypedResults.Ok(new ListDocument<AlertDocument>([.. page.Items.Select(AlertDocument.Of)], page.Next));
        }
        catch (Exception e) when (wanted.Cursor is not null && e is (ArgumentException or FormatException))
        {
            reader.Fault("cursor", "is not one that was given out.", "Pass 'next' of the page before, or leave it out.");
            return reader.Problem;
        }
    }

    private static async Task<Results<Ok<AlertDocument>, ProblemResult>> Find(string id, IAlertBook alerts, CancellationToken cancellation) =>
        await FindKnown(alerts, id, cancellation) is { } alert ? TypedResults.Ok(AlertDocument.Of(alert)) : ProblemResult.UnknownAlert(id);

    private static Task<Results<Ok<AlertDocument>, ProblemResult>> Acknowledge(
        string id, HttpRequest request, IAlertBook alerts, ITwins twins, TimeProvider time, CancellationToken cancellation) =>
        Act(id, request, alerts, twins, (alert, by) => new TwinCommand.AcknowledgeAlert(alert, by, Instant.From(time.GetUtcNow())), WhenAlreadyResolvedRefuse, cancellation);

    private static Task<Results<Ok<AlertDocument>, ProblemResult>> Resolve(
        string id, HttpRequest request, IAlertBook alerts, ITwins twins, TimeProvider time, CancellationToken cancellation) =>
        Act(id, request, alerts, twins, (alert, by) => new TwinCommand.ResolveAlert(alert, by, Instant.From(time.GetUtcNow())), Answer, cancellation);

    private static async Task<Results<Ok<AlertDocument>, ProblemResult>> Act(
        string id,
        HttpRequest request,
        IAlertBook alerts,
        ITwins twins,
        Func<AlertId, string, TwinCommand> command,
        Func<Alert, Results<Ok<AlertDocument>, ProblemResult>> whenAlreadyResolved,
        CancellationToken cancellation)
    {
        if (await ReadBy(request) is not { } by)
        {
            return ProblemResult.Invalid(
                "alert.invalid", "The request cannot be taken", [new Fault("by", "is not a name.", $"Send {{ \"by\": \"…\" }} with 1 to {MaxByLength} characters, or no body.")]);
        }

        if (await FindKnown(alerts, id, cancellation) is not { } alert)
            return ProblemResult.UnknownAlert(id);

        if (!alert.IsOpen)
            return whenAlreadyResolved(alert);

        var decision = await twins.Execute(alert.Device, command(alert.Id, by), cancellation);
        var after = await alerts.Find(alert.Id, cancellation) ?? alert;

        // Refused although it was open a moment ago: it was resolved in between.
        return decision is Decision.Rejected rejected && after.IsOpen
            ? ProblemResult.Of(StatusCodes.Status409Conflict, rejected.Reason.Code, rejected.Reason.Detail)
            : decision is Decision.Rejected ? whenAlreadyResolved(after) : Answer(after);
    }

    private static async Task<Results<Ok<ListDocument<DeliveryDocument>>, ProblemResult>> Deliveries(
        string id, IAlertBook alerts, IOutbox outbox, CancellationToken cancellation)
    {
        if (await FindKnown(alerts, id, cancellation) is not { } alert)
            return ProblemResult.UnknownAlert(id);

        var deliveries = await outbox.Of(alert.Id, cancellation);
        return TypedResults.Ok(new ListDocument<DeliveryDocument>([.. deliveries.Select(DeliveryDocument.Of)]));
    }

    private static async ValueTask<Alert?> FindKnown(IAlertBook alerts, string id, CancellationToken cancellation) =>
        AlertId.TryParse(id, out var alert) ? await alerts.Find(alert, cancellation) : null;

    private static Results<Ok<AlertDocument>, ProblemResult> Answer(Alert alert) => TypedResults.Ok(AlertDocument.Of(alert));

    private static Results<Ok<AlertDocument>, ProblemResult> WhenAlreadyResolvedRefuse(Alert alert) =>
        ProblemResult.Of(StatusCodes.Status409Conflict, TwinRejection.AlertResolved.Code, TwinRejection.AlertResolved.Detail);

    /// <summary>Null where the body is no <see cref="AlertActionDocument"/>.</summary>
    private static async Task<string?> ReadBy(HttpRequest request)
    {
        var body = await JsonBody.Read(request);
        if (body.IsEmpty)
            return DefaultBy;

        try
        {
            var by = JsonSerializer.Deserialize(body.Span, ApiJson.Default.AlertActionDocument)?.By?.Trim() ?? DefaultBy;
            return by.Length is > 0 and <= MaxByLength && !by.Any(char.IsControl) ? by : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
