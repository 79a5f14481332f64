using OrleansIot.Domain.Devices;

namespace OrleansIot.Domain.Shadows;

/// <summary>Why a request to a shadow is refused.</summary>
/// <param name="Code">Stable, ours.</param>
/// <param name="Status">As AWS IoT numbers it.</param>
/// <param name="Message">The text that AWS IoT gives, word for word: there are devices that compare it.</param>
public sealed record ShadowFault(string Code, int Status, string Message)
{
    public static readonly ShadowFault InvalidJson = new("shadow.invalid-json", 400, "Invalid JSON");
    public static readonly ShadowFault MissingPayload = new("shadow.missing-payload", 400, "Missing update payload");
    public static readonly ShadowFault MissingState = new("shadow.missing-state", 400, "Missing required node: state");
    public static readonly ShadowFault StateNotObject = new("shadow.state-not-object", 400, "State node must be an object");
    public static readonly ShadowFault DesiredNotObject = new("shadow.desired-not-object", 400, "Desired node must be an object");
    public static readonly ShadowFault ReportedNotObject = new("shadow.reported-not-object", 400, "Reported node must be an object");
    public static readonly ShadowFault InvalidNode = new("shadow.invalid-node", 400, "State contains an invalid node");
    public static readonly ShadowFault InvalidClientToken = new("shadow.invalid-client-token", 400, "Invalid clientToken");
    public static readonly ShadowFault InvalidVersion = new("shadow.invalid-version", 400, "Invalid version");
    public static readonly ShadowFault InvalidName = new("shadow.invalid-name", 400, $"Invalid shadow name; use {ShadowName.Rule}");
    public static readonly ShadowFault InvalidThing = new("shadow.invalid-thing", 400, $"Invalid thing name; use {DeviceId.Rule}");
    public static readonly ShadowFault Forbidden = new("shadow.forbidden", 403, "Forbidden");
    public static readonly ShadowFault UnknownThing = new("shadow.unknown-thing", 404, "Thing not found");
    public static readonly ShadowFault VersionConflict = new("shadow.version-conflict", 409, "Version conflict");
    public static readonly ShadowFault TooLarge = new("shadow.too-large", 413, "The payload exceeds the maximum size allowed");
    public static readonly ShadowFault NotUtf8 = new("shadow.not-utf8", 415, "Unsupported documented encoding; supported encoding is UTF-8");
    public static readonly ShadowFault TooManyRequests = new("shadow.too-many-requests", 429, "Too many requests are in flight on this connection; wait for their answers");
    public static readonly ShadowFault Internal = new("shadow.unavailable", 500, "Internal service failure");

    private const string UnknownCode = "shadow.unknown";
    private const string TooManyCode = "shadow.too-many";

    public static ShadowFault TooDeep(int levels) => new("shadow.too-deep", 400, $"JSON contains too many levels of nesting; maximum is {levels}");

    public static ShadowFault TooFast(int perSecond) =>
        new("shadow.too-fast", 429, $"Too many requests to the shadows of this thing; they take {perSecond} in a second");

    public static ShadowFault TooMany(int limit) =>
        new(TooManyCode, 413, $"The thing has too many shadows; the limit is {limit}, and one that was deleted counts for 48 hours");

    /// <summary>The number of a refusal that a device's owner gave: of that one travels only the code and the text.</summary>
    public static int StatusOf(string code) => code switch
    {
        UnknownCode or "shadow.unknown-thing" => 404,
        "shadow.version-conflict" => 409,
        "shadow.too-large" or TooManyCode => 413,
        "shadow.invalid-version" => 400,
        _ => 500,
    };

    /// <param name="name">Where it is the classic shadow, the message names the thing.</param>
    public static ShadowFault Unknown(ShadowName name, string thing) =>
        new(UnknownCode, 404, $"No shadow exists with name: '{(name.IsClassic ? thing : name.Value)}'");
}
