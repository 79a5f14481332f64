using Microsoft.AspNetCore.Http;
using OrleansIot.Application.Shadows;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Shadows;
using OrleansIot.Domain.Twins;
using Microsoft.Extensions.Options;

namespace OrleansIot.Api.Shadows;

/// <summary>Takes what is asked of a shadow over HTTP to the device's owner, in the name of who is signed in.</summary>
internal sealed class ShadowWriter(ITwins twins, IOptions<ShadowOptions> options, TimeProvider time)
{
    private const string Nobody = "api";

    public ShadowOptions Options => options.Value;

    public Instant Now => Instant.From(time.GetUtcNow());

    public async ValueTask<Twin?> Find(DeviceId device, CancellationToken cancellation) => (await twins.Find(device, cancellation))?.Twin;

    /// <summary>The event that an update became, or why it was refused.</summary>
    public async ValueTask<(TwinEvent.ShadowUpdated? Updated, ShadowFault? Fault)> Update(
        DeviceId device, ShadowName name, ReadOnlyMemory<byte> body, long? expected, HttpContext context, CancellationToken cancellation)
    {
        if (ShadowRequest.Read(body, Options.MaxDepth, out var fault, out _) is not { } request)
            return (null, fault);

        var command = new TwinCommand.UpdateShadow(name, request.State, expected ?? request.ExpectedVersion, request.ClientToken, AuthorOf(context), null, Now);
        return Result<TwinEvent.ShadowUpdated>(await twins.Execute(device, command, cancellation));
    }

    public async ValueTask<(TwinEvent.ShadowDeleted? Deleted, ShadowFault? Fault)> Delete(
        DeviceId device, ShadowName name, long? expected, HttpContext context, CancellationToken cancellation) =>
        Result<TwinEvent.ShadowDeleted>(await twins.Execute(device, new TwinCommand.DeleteShadow(name, expected, null, AuthorOf(context), Now), cancellation));

    private static (TEvent? Happened, ShadowFault? Fault) Result<TEvent>(Decision decision)
        where TEvent : TwinEvent => decision switch
        {
            Decision.Accepted accepted => (accepted.Events.OfType<TEvent>().Single(), null),
            Decision.Rejected { Reason: var reason } => (null, new ShadowFault(reason.Code, ShadowFault.StatusOf(reason.Code), reason.Detail)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };

    private static string AuthorOf(HttpContext context) => context.User.Identity?.Name is { Length: > 0 } name ? name : Nobody;
}
