namespace OrleansIot.Gateway.Presence;

/// <summary>Which of a client id's connections this is: the later has the higher number.</summary>
/// <param name="IsRemembered">Whether the next one counts on from here.</param>
internal readonly record struct ConnectionVersion(long Number, bool IsRemembered);
