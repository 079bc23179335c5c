import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Files get the hash of their content into their name, so that a browser may keep them for good. */
export default defineConfig({
  plugins: [react()],
  build: {
    outDir: '../server/dist/web',
    emptyOutDir: true,
    target: 'es2024',
    // A data: address would need a wider policy than the pages have.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      output: {
        // What asks the server is small and wanted by many pages: one file, where each noun would have one of its own.
        codeSplitting: {
          groups: [
            { name: 'asking', test: /web\/src\/(features\/\w+\/\w+-api|design\/(older|tasks|text-button|together))\.tsx?$/ },
            // An icon or a helper of a few lines is no file of its own: each costs a request.
            { name: 'small', maxModuleSize: 700, minShareCount: 2 },
          ],
        },
      },
    },
  },
});
