namespace OrleansIot.Gateway.Access;

/// <summary>Whether a client may come in that shows nothing.</summary>
public enum AnonymousAccess
{
    /// <summary>From this machine, to try things out, while no access key is set.</summary>
    LoopbackOnly,
    Never,
}
