using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Twins;

namespace OrleansIot.Grains.Twins;

/// <summary>What every <see cref="DeviceGrain"/> of a silo works with.</summary>
internal sealed record DeviceGrainServices(LiveTwinServices Twins, FleetIndex Fleet, LostTwins Lost, IOptions<TwinOptions> Options, ILogger<DeviceGrain> Log);
