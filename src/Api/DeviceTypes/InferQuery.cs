using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;

namespace OrleansIot.Api.DeviceTypes;

internal sealed record InferQuery(
    [property: FromQuery(Name = "devices"), Description("Ids with commas between, at most 20. Default: the first twenty devices of the type.")] string? Devices,
    [property: FromQuery(Name = "hours"), Description("How far to look back, 1 to 744; 24 by default.")] string? Hours);

internal sealed record InferOneQuery(
    [property: FromQuery(Name = "hours"), Description("How far to look back, 1 to 744; 24 by default.")] string? Hours);
