using Microsoft.Extensions.Options;

namespace OrleansIot.Dashboard;

[OptionsValidator]
internal sealed partial class DashboardOptionsValidator : IValidateOptions<DashboardOptions>;
