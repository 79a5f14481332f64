import "./clock.js";
import "./chart.js";
import "./keys.js";
import "./tooltip.js";
import { connection } from "./connection.js";

Blazor.start({
  circuit: {
    reconnectionHandler: connection,
    // A silent loss (a phone in a lift) shows after 12 s and not after SignalR's 30.
    configureSignalR: builder => builder.withServerTimeout(12_000).withKeepAliveInterval(5_000),
  },
}).then(connection.started);
