namespace OrleansIot.Mqtt.Topics;

/// <summary>Walks the levels of a topic or filter. A leading or trailing separator makes an empty level (4.7.1.1).</summary>
internal ref struct TopicLevels(ReadOnlySpan<byte> topic)
{
    private ReadOnlySpan<byte> _rest = topic;
    private bool _isFinished;
    private ReadOnlySpan<byte> _current;

    public readonly ReadOnlySpan<byte> Current => _current;

    public readonly TopicLevels GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_isFinished)
            return false;

        var end = _rest.IndexOf(TopicName.LevelSeparator);
        if (end < 0)
        {
            _current = _rest;
            _isFinished = true;
        }
        else
        {
            _current = _rest[..end];
            _rest = _rest[(end + 1)..];
        }

        return true;
    }
}
