namespace OrleansIot.Application.Twins;

/// <summary>The twin's owner could not make a change durable; whether the change will be seen after a restart is unknown.</summary>
public sealed class TwinUnavailableException : Exception
{
    public TwinUnavailableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public TwinUnavailableException(string message)
        : base(message)
    {
    }

    public TwinUnavailableException()
    {
    }

    /// <summary>Whether the same may work later: the store says so, or what failed is not known to be for good.</summary>
    public bool IsTransient => InnerException is not StoreException { IsTransient: false };
}
