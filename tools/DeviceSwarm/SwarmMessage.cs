namespace OrleansIot.DeviceSwarm;

/// <summary>One message, from which its bytes can be written again at any time.</summary>
/// <param name="Device">Number of the device, from 0.</param>
/// <param name="Sequence">Number of the message within its device, from 1.</param>
/// <param name="UnixMilliseconds">When it was made.</param>
/// <param name="DueAt">From when its latency counts, by <see cref="TimeProvider.GetTimestamp"/>; written where the options ask for it.</param>
internal readonly record struct SwarmMessage(int Device, long Sequence, long UnixMilliseconds, long DueAt = 0);
