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
}
