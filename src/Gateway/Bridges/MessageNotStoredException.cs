namespace OrleansIot.Gateway.Bridges;

/// <summary>Ends a bridge's connection without the acknowledgement of a message, so that the outside broker sends it again.</summary>
internal sealed class MessageNotStoredException(string topic) : Exception($"A message of '{topic}' could not be stored.")
{
    public string Topic => topic;
}
