namespace OrleansIot.Gateway.Limits;

/// <summary>
/// A rate that is kept on average: it saves up to a second's worth. What is taken may leave a debt, so that something larger than
/// a second's worth passes too, and is waited for afterwards.
/// </summary>
/// <param name="perSecond">0 for no limit.</param>
internal struct TokenBucket(double perSecond, long now)
{
    // Waits are counted in floating numbers.
    private const double One = 1 - 1e-6;

    private readonly double _perSecond = perSecond;
    private double _tokens = perSecond;
    private long _filledAt = now;

    public readonly bool HasRoom => _perSecond == 0 || _tokens >= One;

    /// <summary>Nothing is owed or used up: as good as new.</summary>
    public readonly bool IsFull => _tokens >= _perSecond;

    public void Fill(TimeProvider time, long now)
    {
        _tokens = Math.Min(_perSecond, _tokens + (time.GetElapsedTime(_filledAt, now).TotalSeconds * _perSecond));
        _filledAt = now;
    }

    public void Take(double amount) => _tokens -= amount;

    public readonly TimeSpan UntilRoom => HasRoom ? TimeSpan.Zero : TimeSpan.FromSeconds((1 - _tokens) / _perSecond);
}
