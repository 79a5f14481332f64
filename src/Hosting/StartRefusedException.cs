namespace OrleansIot.Hosting;

/// <summary>The settings would do harm; the message says which and how to mend it.</summary>
public sealed class StartRefusedException : Exception
{
    public StartRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StartRefusedException(string message)
        : base(message)
    {
    }

    public StartRefusedException()
    {
    }
}
