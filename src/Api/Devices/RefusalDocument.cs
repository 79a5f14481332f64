using System.Text;
using OrleansIot.Application.Telemetry;
using OrleansIot.Domain;

namespace OrleansIot.Api.Devices;

/// <summary>A message of the device that was not taken.</summary>
/// <param name="Code">Stable: <c>reading.invalid-json</c>.</param>
/// <param name="Detail">For people: what is wrong, where, and the mend.</param>
/// <param name="Payload">How it begins; bytes that are not text are shown as �.</param>
public sealed record RefusalDocument(Instant At, string DeviceId, string Code, string Detail, string Topic, string Payload)
{
    public static RefusalDocument Of(RefusedMessage refused) => new(
        refused.At, refused.Device, refused.Code, refused.Detail, refused.Message.Topic, Encoding.UTF8.GetString(refused.Message.Payload.Span));
}
