// `ahual city`: the simulated city of the settings, as a process of its own.
import type { Command } from 'commander';
import { loadConfig, pathOf } from '#config';
import { AhualError } from '#core/errors';
import { openLog } from '#core/log';

/** Adds the command that serves simulated cameras, weather and the world's control on the loopback address. */
export function addCity(program: Command): void {
  program
    .command('city')
    .description('serve the simulated city of the settings')
    .action(async () => {
      const { settings } = loadConfig(process.env);
      const log = openLog('city', settings.log.level);
      if (settings.simulator.scenario === null) {
        throw new AhualError(
          'CONFIG_MISSING',
          'simulator.scenario is not set.',
          'Name a scenario file in the settings.',
        );
      }
      const { startCity, loadScenario } = await import('#simulator');
      const ended = new Promise<void>((resolve) => {
        process.once('SIGINT', resolve);
        process.once('SIGTERM', resolve);
        if (process.send) {
          process.once('disconnect', resolve);
          // Its supervisor may have died while this was loading.
          if (!process.connected) resolve();
        }
      });
      const token = process.env['AHUAL_CITY_TOKEN'];
      const clips = process.env['AHUAL_CITY_CLIPS'];
      const city = await startCity({
        scenario: await loadScenario(pathOf(settings.simulator.scenario)),
        rtspPort: settings.simulator.rtspPort,
        httpPort: settings.simulator.httpPort,
        ...(token === undefined ? {} : { controlToken: token }),
        ...(clips === undefined ? {} : { clipFolders: [clips] }),
        log,
      });
      log.info({ rtspPort: city.rtspPort, httpPort: city.httpPort, cameras: city.cameras.length }, 'the city is there');
      await ended;
      await city[Symbol.asyncDispose]();
      process.exit(0);
    });
}
