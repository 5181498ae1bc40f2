using Presence.Dashboard.Hosting;

return await DashboardApplication.RunAsync(args);
