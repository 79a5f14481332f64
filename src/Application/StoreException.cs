namespace OrleansIot.Application;

/// <summary>A store could not do what a port of ours asked of it. Nothing of it was stored.</summary>
public sealed class StoreException : Exception
{
    public StoreException(string message, bool isTransient, Exception? innerException = null)
        : base(message, innerException) => IsTransient = isTransient;

    public StoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public StoreException(string message)
        : base(message)
    {
    }

    public StoreException()
    {
    }

    /// <summary>Stable code of what the store suffers from, such as <c>store.full</c>; null where the message says all.</summary>
    public string? Code { get; init; }

    /// <summary>Whether the same may work later: a full disk, a busy file, a failed read or write.</summary>
    public bool IsTransient { get; }
}
