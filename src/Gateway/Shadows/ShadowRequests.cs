using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Gateway.Shadows;

/// <summary>Takes what is asked of a shadow to the device's owner, and refuses what need not get there.</summary>
internal sealed class ShadowRequests(
    ITwins twins, ShadowAnswers answers, ShadowRates rates, IOptions<ShadowOptions> options, GatewayMetrics metrics, ILogger<ShadowRequests> logger)
{
    public ShadowOptions Options { get; } = options.Value;

    /// <summary>Completes when the request is answered; false: nobody knows whether it was stored.</summary>
    /// <param name="author">The client id.</param>
    /// <param name="session">The connection, where it is the device's own.</param>
    public async ValueTask<bool> Execute(ShadowTopic topic, ReadOnlyMemory<byte> payload, string author, SessionId? session, Instant at)
    {
        var clientToken = topic.Action == ShadowAction.Update ? null : ShadowRequest.ReadClientToken(payload);
        try
        {
            if (topic.Fault is { } fault)
                Reject(topic, fault, at, clientToken);
            else if (!rates.TryTake(topic.Device, out _))
                Reject(topic, ShadowFault.TooFast(rates.PerSecond), at, clientToken ?? ShadowRequest.ReadClientToken(payload));
            else if (topic.Action == ShadowAction.Get)
                await Get(topic, at, clientToken);
            else if (topic.Action == ShadowAction.Delete)
                Conclude(topic, await twins.Execute(topic.Device, new TwinCommand.DeleteShadow(topic.Shadow, null, clientToken, author, at)), at, clientToken);
            else if (ShadowRequest.Read(payload, Options.MaxDepth, out var invalid, out clientToken) is { } request)
                Conclude(topic, await twins.Execute(topic.Device, Update(topic, request, author, session, at)), at, clientToken);
            else
                Reject(topic, invalid!, at, clientToken);

            return true;
        }
        catch (Exception unknown)
        {
            // Whatever it was: what is not known to be durable is not acknowledged.
            if (unknown is TwinUnavailableException)
                logger.TwinUnavailable(unknown, topic.Device.Value);
            else
                logger.TwinFaulted(unknown, topic.Device.Value);
            Reject(topic, ShadowFault.Internal, at, clientToken);
            return false;
        }
    }

    /// <summary>Refuses a request of a connection that has too many.</summary>
    public void RejectOneTooMany(ShadowTopic topic, ReadOnlyMemory<byte> payload, Instant at) =>
        Reject(topic, ShadowFault.TooManyRequests, at, ShadowRequest.ReadClientToken(payload));

    private static TwinCommand.UpdateShadow Update(ShadowTopic topic, ShadowRequest request, string author, SessionId? session, Instant at) =>
        new(topic.Shadow, request.State, request.ExpectedVersion, request.ClientToken, author, session, at);

    private async ValueTask Get(ShadowTopic topic, Instant at, string? clientToken)
    {
        var twin = (await twins.Find(topic.Device))?.Twin;
        if (twin?.FindShadow(topic.Shadow) is { } shadow)
            answers.Found(topic, shadow, at, clientToken, Options.DeltaMetadataInGet);
        else if (Options.RequireRegistration && twin is not { Exists: true })
            Reject(topic, ShadowFault.UnknownThing, at, clientToken);
        else
            Reject(topic, ShadowFault.Unknown(topic.Shadow, topic.Device.Value), at, clientToken);
    }

    private void Conclude(ShadowTopic topic, Decision decision, Instant at, string? clientToken)
    {
        // What was accepted is told by the device's owner.
        if (decision is Decision.Rejected { Reason: var reason })
            Reject(topic, ShadowFault.StatusOf(reason.Code), reason.Detail, at, clientToken);
    }

    private void Reject(ShadowTopic topic, ShadowFault fault, Instant at, string? clientToken) => Reject(topic, fault.Status, fault.Message, at, clientToken);

    private void Reject(ShadowTopic topic, int status, string message, Instant at, string? clientToken)
    {
        metrics.ShadowRefused(status);
        answers.Rejected(topic, status, message, at, clientToken);
    }
}
