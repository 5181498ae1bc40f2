using Presence.Dashboard.Display;
using Presence.Engine.Storage;

namespace Presence.Dashboard.Jobs;

/// <summary>Checks the database and keeps it quick.</summary>
internal sealed class MaintenanceJob(DatabaseMaintenance maintenance, JobLog jobs, TimeProvider time, ILogger<MaintenanceJob> logger)
    : RecordedJob(JobNames.Maintenance, jobs, time, logger)
{
    protected override async Task<Func<string>> RunAsync(CancellationToken cancellationToken)
    {
        var report = await Task.Run(() => maintenance.RunAsync(cancellationToken), cancellationToken);
        if (report.Damage is { } damage)
            throw new InvalidDataException(Sentence.With(SystemTexts.Damaged, damage));
        return () => Sentence.With(report.IsLogEmptied ? SystemTexts.MaintenanceDone : SystemTexts.MaintenanceDoneLogKept, Numbers.Bytes(report.LogBytes));
    }
}
